internal import Dyno

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

exit(ShimProgram.run())
