#ifndef PAAS_CNGHTTP2_H
#define PAAS_CNGHTTP2_H

#include <nghttp2/nghttp2.h>

// Distributions have brought this one to versions that do not announce it by their number.
extern void nghttp2_option_set_stream_reset_rate_limit(nghttp2_option *option, uint64_t burst, uint64_t rate)
    __attribute__((weak));

static inline void cng_limit_resets(nghttp2_option *option, uint64_t burst, uint64_t rate) {
    if (nghttp2_option_set_stream_reset_rate_limit) nghttp2_option_set_stream_reset_rate_limit(option, burst, rate);
}

#endif
