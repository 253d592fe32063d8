/** A share from 0 to 1 in percent, with a decimal place where it is close to an end. */
export function percentText(share: number): string {
  const percent = share * 100
  const isClose = (percent > 0 && percent < 10) || (percent > 99 && percent < 100)
  return `${percent.toFixed(isClose ? 1 : 0)}\u202f%`
}
