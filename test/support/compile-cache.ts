import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Has every program that tests start find what another start of it has compiled: there are hundreds of starts, and compiling is
 * a quarter of one. The cache lies in the temporary directory of the run, and goes with it.
 */
export default function compileCache(): void {
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'compile-cache')
}
