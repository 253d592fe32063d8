// Read by zod before it is loaded: it must not try whether the page may make code of text, which its policy forbids.
globalThis.__zod_globalConfig = { jitless: true }
