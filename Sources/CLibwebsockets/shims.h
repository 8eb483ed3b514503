// What Swift sees of libwebsockets. Each shim below says why it is needed.
#pragma once
#include <libwebsockets.h>
