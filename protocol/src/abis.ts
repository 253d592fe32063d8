/** The contracts' ABIs, generated from the Solidity sources of the `contracts` workspace. */
export { arbiterStakingAbi, bountyRegistryAbi, nectarTokenAbi } from '@polyswarm/contracts'
