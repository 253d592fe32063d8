import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{protocol,polyswarmd,participants,devnet,contracts,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
