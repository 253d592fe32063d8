import type { ShippedBackend } from '../../analysis/shipped-backend.js'

export const multi: ShippedBackend = {
  name: 'multi',
  looksWith: 'clamav and yara as one; `multi:eicar+yara` for others, with the flags of each',
  needs: 'clamd',
  options: {},
  make: (_settings, { make }) => make('multi:clamav+yara'),
}
