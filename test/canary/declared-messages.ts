import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')

/** Every message that the functions can log, read from their source. */
export function declaredMessages(): ReadonlySet<string> {
  const files = globSync(['functions/**/*.ts', 'lib/**/*.ts'], { cwd: ROOT })
  const calls = files.flatMap((file) => {
    const source = readFileSync(path.join(ROOT, file), 'utf8')
    return [
      ...source.matchAll(
        /\b(?:observe\.(?:note|failure)\(|logger\.\w+\(|reportUnavailable\(observe,)\s*'([^']+)'/g,
      ),
    ]
  })
  return new Set(calls.map(([, message = '']) => message))
}
