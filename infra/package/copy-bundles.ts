import { bundleFunctions } from '../local/synthesize-stage.ts'

/** Bundles the functions as `cdk deploy` would into the folder that the first argument names. The package contains these bundles. */
const [target = 'dist/bundles'] = process.argv.slice(2)
await bundleFunctions(target)
