"""The room stream: against dense computation, other libraries, and itself."""
