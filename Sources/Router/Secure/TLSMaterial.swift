internal import HTTPSecure
internal import Posix

/// What the router needs to speak TLS. It holds keys: it travels over the control socket only, and is never printed.
package struct TLSMaterial: Sendable, Equatable {
    /// A certificate that somebody brought for hosts of their own.
    package struct Own: Sendable, Equatable {
        /// Lower case; `*.example.com` for one label in front.
        package var hosts: [String]
        package var chainPEM: [UInt8]
        package var keyPEM: [UInt8]

        package init(hosts: [String], chainPEM: [UInt8], keyPEM: [UInt8]) {
            self.hosts = hosts
            self.chainPEM = chainPEM
            self.keyPEM = keyPEM
        }
    }

    package var authorityPEM: [UInt8]
    package var authorityKeyPEM: [UInt8]
    /// ``TLSServer/ticketKeyBytes`` random bytes; kept by a daemon as long as it lives.
    package var ticketKeys: [UInt8]
    package var certificates: [Own]

    package init(
        authorityPEM: [UInt8], authorityKeyPEM: [UInt8], ticketKeys: [UInt8], certificates: [Own] = []
    ) {
        self.authorityPEM = authorityPEM
        self.authorityKeyPEM = authorityKeyPEM
        self.ticketKeys = ticketKeys
        self.certificates = certificates
    }

    func write(to writer: inout ByteWriter) {
        writer.put(authorityPEM)
        writer.put(authorityKeyPEM)
        writer.put(ticketKeys)
        writer.put(list: certificates) { writer, own in
            writer.put(list: own.hosts) { $0.put($1) }
            writer.put(own.chainPEM)
            writer.put(own.keyPEM)
        }
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        authorityPEM = try reader.byteString()
        authorityKeyPEM = try reader.byteString()
        ticketKeys = try reader.byteString()
        certificates = try reader.list { (reader) throws(ByteReader.Malformed) in
            Own(
                hosts: try reader.list { (reader) throws(ByteReader.Malformed) in try reader.text() },
                chainPEM: try reader.byteString(), keyPEM: try reader.byteString())
        }
    }
}
