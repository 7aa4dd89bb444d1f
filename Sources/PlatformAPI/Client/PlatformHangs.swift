/// The daemon takes connections and answers none of them.
package struct PlatformHangs: Error, Sendable {}
