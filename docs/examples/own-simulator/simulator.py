"""A simulator of a role instance behind a load balancer, with a bug."""


class Simulator:
    def __init__(self):
        self.status = "Stopped"
        self.in_rotation = False

    def start(self):
        self.status = "Starting"

    def on_start_ends(self):
        self.status = "Ready"

    def set_busy(self):
        self.status = "Busy"

    def clear_busy(self):
        self.status = "Ready"

    def stop(self):
        self.status = "Stopped"

    def probe(self):
        if self.status == "Ready":
            self.in_rotation = True
        elif self.status == "Stopped":
            self.in_rotation = False
