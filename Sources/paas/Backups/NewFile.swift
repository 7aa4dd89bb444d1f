import Posix

/// A file that stands under its name when it is whole, and not before.
final class NewFile {
    private let path: String
    private let file: DescriptorBox
    private var isKept = false

    init(at path: String) throws(PosixError) {
        self.path = path
        file = DescriptorBox(try FileTree.create("\(path).part"))
    }

    func write(_ bytes: [UInt8]) throws { try file.descriptor.writeAll(bytes) }

    func keep() throws {
        try FileTree.move("\(path).part", to: path)
        isKept = true
    }

    deinit {
        // What cannot be removed is a part that says so by its name.
        if !isKept { try? FileTree.remove("\(path).part") }
    }
}

/// Lets a class hold a descriptor.
private final class DescriptorBox {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
}
