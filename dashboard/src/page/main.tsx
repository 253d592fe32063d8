import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Tooltip } from 'radix-ui'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { loadPageSettings } from './client/page-settings.js'
import { queryClient } from './client/query-client.js'
import { MarketProvider } from './live/market-context.js'
import { router } from './router.js'
import './styles/page.css'
import { texts } from './texts.js'

const place = document.getElementById('page')
if (!place) throw new TypeError(texts.failures.noPlace)
const settings = await loadPageSettings()
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <MarketProvider settings={settings}>
        <Tooltip.Provider delayDuration={150}>
          <RouterProvider router={router} />
        </Tooltip.Provider>
      </MarketProvider>
    </QueryClientProvider>
  </StrictMode>,
)
