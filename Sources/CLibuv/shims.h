// What Swift sees of libuv. Each shim below says why it is needed.
#pragma once
#include <uv.h>
// Timers finer than libuv's milliseconds are the kernel's (timerfd_create(2)); Swift's Glibc module
// does not import this header.
#include <sys/timerfd.h>
