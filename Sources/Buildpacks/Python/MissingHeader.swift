/// Which Debian package has the header or program that a failed C extension missed.
enum MissingHeader {
    /// - Returns: one sentence; `nil` when the lines show no such failure.
    static func hint(in lines: [String], python: PythonSeries? = nil) -> String? {
        for line in lines {
            if let match = line.firstMatch(
                of: /fatal error: ['"]?([A-Za-z0-9_.\/+-]+\.h(?:pp)?)['"]?(?: file not found|: No such file)/)
            {
                let header = String(match.1)
                if let package = package(ofHeader: header, python) { return sentence("The header \(header)", package) }
                return "The header \(header) is missing; find its package with: apt-file search \(header)"
            }
            for (mark, what, package) in programs where line.contains(mark) { return sentence(what, package) }
        }
        return nil
    }

    private static func sentence(_ what: String, _ package: String) -> String {
        "\(what) is in the Debian package \(package): sudo apt-get install \(package)"
    }

    private static func package(ofHeader header: String, _ python: PythonSeries?) -> String? {
        if header == "Python.h" || header == "pyconfig.h" { return "python3-dev" }
        return headers.first { header == $0.0 || $0.0.hasSuffix("/") && header.hasPrefix($0.0) }?.1
    }

    private static let headers = [
        ("libpq-fe.h", "libpq-dev"), ("pg_config.h", "libpq-dev"), ("postgresql/", "libpq-dev"),
        ("openssl/", "libssl-dev"), ("ffi.h", "libffi-dev"), ("libxml/", "libxml2-dev"), ("libxslt/", "libxslt1-dev"),
        ("jpeglib.h", "libjpeg-dev"), ("png.h", "libpng-dev"), ("tiff.h", "libtiff-dev"), ("zlib.h", "zlib1g-dev"),
        ("bzlib.h", "libbz2-dev"), ("lzma.h", "liblzma-dev"), ("zstd.h", "libzstd-dev"), ("lz4.h", "liblz4-dev"),
        ("mysql.h", "default-libmysqlclient-dev"), ("my_config.h", "default-libmysqlclient-dev"),
        ("mysql/", "default-libmysqlclient-dev"), ("sqlite3.h", "libsqlite3-dev"), ("ldap.h", "libldap2-dev"),
        ("lber.h", "libldap2-dev"), ("sasl.h", "libsasl2-dev"), ("sasl/", "libsasl2-dev"),
        ("curl/", "libcurl4-openssl-dev"),
        ("gmp.h", "libgmp-dev"), ("yaml.h", "libyaml-dev"), ("ev.h", "libev-dev"), ("uv.h", "libuv1-dev"),
        ("sodium.h", "libsodium-dev"), ("snappy.h", "libsnappy-dev"), ("snappy-c.h", "libsnappy-dev"),
        ("zmq.h", "libzmq3-dev"), ("librdkafka/", "librdkafka-dev"), ("ft2build.h", "libfreetype-dev"),
        ("freetype/", "libfreetype-dev"), ("webp/", "libwebp-dev"), ("geos_c.h", "libgeos-dev"),
        ("gdal.h", "libgdal-dev"),
        ("cairo.h", "libcairo2-dev"), ("cairo/", "libcairo2-dev"), ("expat.h", "libexpat1-dev"),
        ("readline/", "libreadline-dev"),
        ("ncurses.h", "libncurses-dev"), ("curses.h", "libncurses-dev"), ("pcre.h", "libpcre3-dev"),
        ("sql.h", "unixodbc-dev"),
        ("sqlext.h", "unixodbc-dev"), ("krb5.h", "libkrb5-dev"), ("gssapi/", "libkrb5-dev"),
        ("gssapi.h", "libkrb5-dev"),
        ("systemd/", "libsystemd-dev"), ("magic.h", "libmagic-dev"), ("leveldb/", "libleveldb-dev"),
        ("hdf5.h", "libhdf5-dev"),
        ("portaudio.h", "portaudio19-dev"), ("alsa/", "libasound2-dev"), ("libavcodec/", "libavcodec-dev"),
        ("linux/", "linux-libc-dev"), ("stdio.h", "libc6-dev"), ("stdlib.h", "libc6-dev"), ("limits.h", "libc6-dev"),
        ("sys/", "libc6-dev"), ("assert.h", "libc6-dev"),
    ]

    private static let programs = [
        ("pg_config executable not found", "pg_config", "libpq-dev"),
        ("pg_config is required to build psycopg2", "pg_config", "libpq-dev"),
        ("mysql_config: not found", "mysql_config", "default-libmysqlclient-dev"),
        ("mysql_config not found", "mysql_config", "default-libmysqlclient-dev"),
        ("Can not find valid pkg-config name", "The MySQL client library", "default-libmysqlclient-dev"),
        ("make sure the development packages of libxml2 and libxslt", "The XML library", "libxml2-dev libxslt1-dev"),
        ("The headers or library files could not be found for jpeg", "The JPEG library", "libjpeg-dev"),
        ("The headers or library files could not be found for zlib", "The zlib library", "zlib1g-dev"),
        ("Could not run curl-config", "curl-config", "libcurl4-openssl-dev"),
        ("xmlsec1 is not installed", "The xmlsec1 library", "libxmlsec1-dev"),
        ("error: command 'gcc' failed: No such file", "The C compiler", "build-essential"),
        ("unable to execute 'gcc'", "The C compiler", "build-essential"),
        ("error: command 'cc' failed: No such file", "The C compiler", "build-essential"),
        ("error: command 'x86_64-linux-gnu-gcc' failed: No such file", "The C compiler", "build-essential"),
        ("error: command 'aarch64-linux-gnu-gcc' failed: No such file", "The C compiler", "build-essential"),
        ("error: command 'clang' failed: No such file", "The C compiler that built this Python", "clang"),
        ("command 'g++' failed: No such file", "The C++ compiler", "build-essential"),
        ("Rust toolchain is required", "The Rust compiler", "cargo"),
        ("can't find Rust compiler", "The Rust compiler", "cargo"),
        ("Cargo, the Rust package manager, is not installed", "The Rust compiler", "cargo"),
        ("cmake: not found", "cmake", "cmake"), ("CMake must be installed", "cmake", "cmake"),
        ("gfortran: not found", "The Fortran compiler", "gfortran"), ("swig: not found", "swig", "swig"),
        ("command 'swig' failed", "swig", "swig"),
        ("pkg-config: not found", "pkg-config", "pkg-config"),
        ("Did not find pkg-config", "pkg-config", "pkg-config"),
        ("Cannot find command 'git'", "git", "git"),
    ]
}
