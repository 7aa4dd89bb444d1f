internal import Model
internal import Posix

/// The file `lost` of a run folder: it stands before anybody hears that the dyno has ended.
extension LostFiles {
    private static let version: UInt16 = 1

    func store(in folder: RunFolder) throws(PosixError) {
        var writer = ByteWriter()
        writer.put(Self.version)
        writer.put(Int64(count))
        writer.put(isComplete)
        writer.put(list: files) { writer, file in
            writer.put(file.path)
            writer.put(file.sizeBytes)
        }
        try FileTree.write(writer.bytes, to: folder.lost)
    }

    /// - Returns: `nil` when the dyno has written nothing, or has not ended.
    static func load(from folder: RunFolder) -> LostFiles? {
        guard let bytes = try? FileTree.read(folder.lost, limit: 8 << 20) else { return nil }
        return try? LostFiles(decoding: bytes)
    }

    private init(decoding bytes: [UInt8]) throws(ByteReader.Malformed) {
        var reader = ByteReader(bytes)
        guard try reader.integer(UInt16.self) == Self.version else { throw ByteReader.Malformed() }
        let count = Int(clamping: try reader.integer(Int64.self))
        let isComplete = try reader.bool()
        let files = try reader.list { (reader) throws(ByteReader.Malformed) in
            LostFile(path: try reader.text(), sizeBytes: try reader.integer())
        }
        self.init(files: files, count: count, isComplete: isComplete)
    }
}
