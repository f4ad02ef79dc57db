"""What the tests compare with: plain NumPy, PyTorch and pencil rules, without Limelight."""
