/// The daemon has gone before it answered, so that nobody knows whether it has done what it was asked.
package struct PlatformLost: Error, Sendable {}
