/// How start-up scripts learn the dyno's memory, so that an app starts as many processes as fit.
enum MemoryDetection {
    /// A shell function that prints the quota in MB: from the platform's variable, which these scripts have
    /// where the dyno has no root of its own, else from where Heroku has it, else a Basic dyno's. Above 1 TiB means that there is no limit.
    static let function = """
        detect_memory_mb() {
          local bytes file
          if [ -n "${DYNO_MEMORY_MB:-}" ]; then echo "$DYNO_MEMORY_MB"; return; fi
          for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
            if [ -r "$file" ]; then
              read -r bytes <"$file"
              case "$bytes" in
                ''|*[!0-9]*) ;;
                *) if [ "$bytes" -gt 0 ] && [ "$bytes" -lt 1099511627776 ]; then echo $((bytes / 1048576)); return; fi ;;
              esac
            fi
          done
          echo 512
        }
        """
}
