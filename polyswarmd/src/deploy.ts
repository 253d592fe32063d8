/**
 * Putting a market on a chain, and the file that says where it stands.
 *
 * @packageDocumentation
 */
export { type Deployment, deploymentSchema, readDeployment, writeDeployment } from './chain/deployment.js'
export { deployMarket, type MarketPlan, type RelayPlan } from './deploy/deploy-market.js'
export { DeploymentFailedError, DeploymentFileError } from './errors.js'
