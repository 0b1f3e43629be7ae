"""A learner's session: the workspace, its Hub and ports, JupyterLab, the practice account and progress."""
