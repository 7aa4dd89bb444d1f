"""A client of HTTP/2 over TLS, that says what it is told and keeps what it hears. Needs `h2`."""

import contextlib
import socket
import ssl
import time

import h2.config
import h2.connection
import h2.events
import h2.exceptions


class Streams:
    def __init__(self, port, host):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", port), 3)
        self.connection = context.wrap_socket(plain, server_hostname=host)
        self.remote_settings = {}
        self.heads, self.bodies, self.ended, self.resets = {}, {}, set(), {}
        self.windows_opened = False
        self.state = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=True, header_encoding="utf-8", validate_outbound_headers=False,
                                      normalize_outbound_headers=False))
        self.state.initiate_connection()
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def flush(self):
        self.connection.sendall(self.state.data_to_send())

    def ask(self, fields, end=False):
        stream = self.state.get_next_available_stream_id()
        self.state.send_headers(stream, fields, end_stream=end)
        self.flush()
        return stream

    def send(self, stream, data, limit=30):
        """As the windows allow; what comes meanwhile is kept."""
        finish = time.monotonic() + limit
        while data and time.monotonic() < finish:
            count = min(len(data), self.state.local_flow_control_window(stream), self.state.max_outbound_frame_size)
            if count:
                self.state.send_data(stream, data[:count])
                data = data[count:]
                self.flush()
            else:
                self.take(0.1)

    def take(self, limit):
        self.connection.settimeout(max(0.01, limit))
        with contextlib.suppress(TimeoutError, ssl.SSLWantReadError):
            data = self.connection.recv(1 << 16)
            if not data:
                raise ConnectionResetError
            for event in self.state.receive_data(data):
                self.keep(event)
            self.flush()

    def keep(self, event):
        match event:
            case h2.events.RemoteSettingsChanged():
                self.remote_settings |= {int(code): changed.new_value for code, changed in event.changed_settings.items()}
            case h2.events.ResponseReceived():
                self.heads[event.stream_id] = dict(event.headers)
            case h2.events.DataReceived():
                self.bodies[event.stream_id] = self.bodies.get(event.stream_id, b"") + event.data
                with contextlib.suppress(h2.exceptions.ProtocolError):
                    self.state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case h2.events.StreamEnded():
                self.ended.add(event.stream_id)
            case h2.events.StreamReset():
                self.resets[event.stream_id] = event.error_code

    def until(self, done, limit=5):
        finish = time.monotonic() + limit
        while not done() and time.monotonic() < finish:
            self.take(finish - time.monotonic())
        return done()

    def status(self, stream):
        """`None` when none comes."""
        self.until(lambda: stream in self.heads or stream in self.resets)
        return self.heads.get(stream, {}).get(":status")

    def body(self, stream):
        return self.bodies.get(stream, b"")

    def has_ended(self, stream):
        return stream in self.ended or stream in self.resets

    def is_reset(self, stream):
        return self.until(lambda: stream in self.resets)
