// What Swift sees of hiredis: the command formatter and the reply reader only, never its async
// layer (it aborts the process on the first message of a sharded subscription).
#pragma once
#include <hiredis/hiredis.h>
#include <hiredis/read.h>
