import { existsSync } from 'node:fs'
import path from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { LogLevel, type NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'

const ROOT = path.join(import.meta.dirname, '..')
const CREDENTIALS = path.join(import.meta.dirname, 'bundling', 'credential-provider-node.ts')

/** The code of a function, bundled from the source in this repository; in the package, which holds no TypeScript, the bundle that was made from it. */
export function codeOf(folder: string): NodejsFunctionProps {
  const bundle = path.join(ROOT, 'bundles', folder)
  if (existsSync(bundle)) return { code: Code.fromAsset(bundle), handler: 'index.handler' }
  return {
    entry: path.join(ROOT, 'functions', folder, 'handler.ts'),
    projectRoot: ROOT,
    depsLockFilePath: path.join(ROOT, 'package-lock.json'),
    bundling: {
      minify: true,
      format: OutputFormat.CJS,
      target: 'node24',
      externalModules: [],
      // The ES modules of the AWS SDK, where a package has both: only what is used of them ends up in the bundle.
      mainFields: ['module', 'main'],
      esbuildArgs: { '--alias:@aws-sdk/credential-provider-node': CREDENTIALS },
      logLevel: LogLevel.WARNING,
    },
  }
}
