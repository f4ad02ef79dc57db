"""Limelight against everybody else: a spreadsheet, NumPy, PyTorch, pencil and paper."""
