import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { synthesizeStage } from '../local/template.ts'
import { stages } from '../stages.ts'

/** Bundles the functions as `cdk deploy` would into the folder that the first argument names. The package contains these bundles. */
const [target = 'dist/bundles'] = process.argv.slice(2)
const directory = await mkdtemp(path.join(tmpdir(), 'bundles-'))
try {
  const { template, assetDirectory } = await synthesizeStage('local', stages.local, directory)
  for (const [logicalId, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue
    const { Code } = Properties as { Code: { S3Key: string } }
    await cp(assetDirectory(Code.S3Key), path.join(target, folderOf(logicalId)), { recursive: true })
  }
} finally {
  await rm(directory, { recursive: true })
}

/** Where the source of a function is: `RequireReset` and CDK's hash are `require-reset`. */
function folderOf(logicalId: string): string {
  const words = logicalId.replace(/[0-9A-F]{8}$/, '').split(/(?=[A-Z])/)
  return words.join('-').toLowerCase()
}
