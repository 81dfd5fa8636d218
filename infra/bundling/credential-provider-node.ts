import { fromEnv } from '@aws-sdk/credential-provider-env'

/**
 * Replaces the package of the same name in the bundles: it is where an AWS client looks for credentials.
 * Lambda puts those of the role into the environment (`AWS_ACCESS_KEY_ID` and so on), where the package looks first, too. The
 * other places (SSO, files in a home directory, processes, EC2) would be a quarter of the bundle and are never reached.
 */
export const defaultProvider = fromEnv
