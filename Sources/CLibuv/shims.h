// What Swift sees of libuv. Each shim below says why it is needed.
#pragma once
#include <uv.h>
