// What Swift sees of libwebsockets. Each shim below says why it is needed.
#pragma once
#include <dlfcn.h>
#include <libwebsockets.h>
#include <string.h>
#include <sys/ioctl.h>

// Macros whose value is an expression do not reach Swift.
static inline int chat_lws_head_room(void) { return LWS_PRE; }
static inline int chat_lws_library_version(void) { return LWS_LIBRARY_VERSION_NUMBER; }

// The library unloads its libuv plug-in with its last context, while close callbacks into the
// plug-in may still be due on our loop: a jump into nothing. Once marked, it stays (dlopen(3),
// RTLD_NODELETE). Call while a context lives. Returns whether the plug-in was found.
static inline int chat_lws_keep_plugin(void) {
    const char *folders[] = {"/usr/lib/x86_64-linux-gnu/", "/usr/lib/aarch64-linux-gnu/",
                             "/usr/local/lib/", "/usr/lib/", ""};
    for (unsigned i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        char path[160];
        lws_snprintf(path, sizeof(path), "%slibwebsockets-evlib_uv.so", folders[i]);
        if (dlopen(path, 0x00002 /* RTLD_NOW */ | 0x00004 /* RTLD_NOLOAD */ |
                             0x01000 /* RTLD_NODELETE */))
            return 1;
    }
    return 0;
}

// Options are 64-bit shifts OR-ed in macros. The loop is ours; signals are ours too, and no
// system state machine is wanted beyond the default.
static inline uint64_t chat_lws_options_plain(void) {
    return LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN |
           LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
           // A client's Origin goes out as given; otherwise lws puts a scheme before it.
           LWS_SERVER_OPTION_JUST_USE_RAW_ORIGIN;
}
static inline uint64_t chat_lws_options_tls(void) {
    return chat_lws_options_plain() | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
           LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
}

// Ports that mean "no listener": the server form still sets up TLS. Casts hide them from Swift.
static inline int chat_lws_no_listener_server(void) { return CONTEXT_PORT_NO_LISTEN_SERVER; }
static inline int chat_lws_no_listener(void) { return CONTEXT_PORT_NO_LISTEN; }

// The enumeration's cases are bits, OR-ed into a value that is no case: Swift cannot build it.
// Returns NULL (and has closed the descriptor) when it was refused.
static inline struct lws *chat_lws_adopt(struct lws_vhost *vhost, int descriptor, void *mark) {
    lws_adopt_desc_t adopt;
    memset(&adopt, 0, sizeof(adopt));
    adopt.vh = vhost;
    adopt.type = (lws_adoption_type)(LWS_ADOPT_HTTP | LWS_ADOPT_SOCKET | LWS_ADOPT_ALLOW_SSL);
    adopt.fd.sockfd = descriptor;
    adopt.opaque = mark;
    return lws_adopt_descriptor_vhost_via_info(&adopt);
}

// `LWS_TO_KILL_...` are macros with a sign in parentheses. Soon: without a close frame.
static inline void chat_lws_kill_soon(struct lws *wsi) {
    lws_set_timeout(wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
}

// The closing handshake begins now; never from inside a callback of the same connection.
static inline void chat_lws_begin_close(struct lws *wsi) {
    lws_set_timeout(wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_SYNC);
}

static inline void chat_lws_http_deadline(struct lws *wsi, int seconds) {
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, seconds);
}

// Bytes that arrived and were not read. `ioctl` is variadic, which Swift does not import.
static inline int chat_unread_bytes(int socket) {
    int count = 0;
    return ioctl(socket, FIONREAD, &count) == 0 ? count : 0;
}

// Whether the library holds input of the connection that it read ahead and would come back for
// without end. It tells that only of all connections together (0: do not wait), so it is asked with
// this one held back and without. Leaves reading on.
static inline int chat_lws_has_read_ahead(struct lws *wsi) {
    struct lws_context *context = lws_get_context(wsi);
    lws_rx_flow_control(wsi, 0);
    int without = lws_service_adjust_timeout(context, 1000, 0);
    lws_rx_flow_control(wsi, 1);
    return without != 0 && lws_service_adjust_timeout(context, 1000, 0) == 0;
}

// Declared warn_unused_result and with a C enumeration that Swift would have to cast.
static inline int chat_lws_write_text(struct lws *wsi, unsigned char *payload, size_t count) {
    return lws_write(wsi, payload, count, LWS_WRITE_TEXT);
}
static inline int chat_lws_write_binary(struct lws *wsi, unsigned char *payload, size_t count) {
    return lws_write(wsi, payload, count, LWS_WRITE_BINARY);
}
// Bytes as they are: our own response head and body (LWS_WRITE_HTTP_HEADERS adds nothing).
static inline int chat_lws_write_raw(struct lws *wsi, unsigned char *bytes, size_t count) {
    return lws_write(wsi, bytes, count, LWS_WRITE_HTTP_HEADERS);
}

// `enum lws_close_status` has no case for 4000 and up.
static inline void chat_lws_close_reason(
    struct lws *wsi, int code, unsigned char *reason, size_t count) {
    lws_close_reason(wsi, (enum lws_close_status)code, reason, count);
}

// Declared by the C library only under _GNU_SOURCE, which Swift's Glibc module does not set.
// Non-blocking and closed on exec in one system call.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
static inline int chat_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
