import { z } from 'zod'
import { builtTransactions, unsignedTransaction } from '../transaction.js'

const { gasPrice: fee, ...rest } = unsignedTransaction.shape

/** What `fees=eip1559` makes of an unsigned transaction. */
const dynamicFees = z.object({ ...rest, type: z.literal(2), maxFeePerGas: fee, maxPriorityFeePerGas: fee })

/** What the routes that build transactions answer, with either shape of fees. */
export const builtResult = builtTransactions.extend({
  transactions: z
    .array(z.union([unsignedTransaction, dynamicFees]))
    .min(1)
    .max(10),
})
