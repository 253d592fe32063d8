/** The contracts' ABIs, generated from the Solidity sources of the `contracts` workspace. */
export {
  arbiterStakingAbi,
  bountyRegistryAbi,
  erc20RelayAbi,
  keeperAbi,
  nectarTokenAbi,
  offerMultiSigAbi,
  offerRegistryAbi,
} from '@polyswarm/contracts'
