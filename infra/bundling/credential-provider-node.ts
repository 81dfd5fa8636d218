import { fromEnv } from '@aws-sdk/credential-provider-env'

/**
 * Stands in the bundles for the package of this name: where an AWS client looks for credentials that it was not given.
 * Lambda has the role's in the environment (`AWS_ACCESS_KEY_ID` and its like), which is the first place that the package looks
 * in as well. Its others (SSO, files in a home directory, processes, EC2) would be a quarter of the bundle and are never asked.
 */
export const defaultProvider = fromEnv
