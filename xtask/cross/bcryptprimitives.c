/* For tests under Wine 8 only, never shipped: Rust's standard library asks this DLL for random bytes, and Wine 8 has no such
 * DLL; programs would end without a word. RtlGenRandom of advapi32 has the same contract under another name. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length)
{
    return SystemFunction036(buffer, (ULONG)length);
}
