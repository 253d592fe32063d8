import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Shell } from './layout/shell.js'
import { Failure } from './parts/failure.js'
import { Loading } from './parts/loading.js'
import { NotFound } from './parts/not-found.js'
import { archiveSearch } from './views/archive/archive-search.js'
import { marketSearch } from './views/market/market-filter.js'
import { MarketView } from './views/market/market-view.js'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })
const getParentRoute = () => root

/** The market is there at once; every other view is loaded when it is first opened. */
const routes = [
  createRoute({ getParentRoute, path: '/', validateSearch: marketSearch, component: MarketView }),
  createRoute({
    getParentRoute,
    path: '/bounties',
    validateSearch: archiveSearch,
    component: lazyRouteComponent(() => import('./views/archive/archive-view.js'), 'ArchiveView'),
  }),
  createRoute({
    getParentRoute,
    path: '/bounty/$guid',
    component: lazyRouteComponent(() => import('./views/bounty/bounty-view.js'), 'BountyView'),
  }),
  createRoute({
    getParentRoute,
    path: '/ask',
    component: lazyRouteComponent(() => import('./views/ask/ask-view.js'), 'AskView'),
  }),
  createRoute({
    getParentRoute,
    path: '/answer/$id',
    component: lazyRouteComponent(() => import('./views/answer/answer-view.js'), 'AnswerView'),
  }),
  createRoute({
    getParentRoute,
    path: '/engines',
    component: lazyRouteComponent(() => import('./views/engines/engines-view.js'), 'EnginesView'),
  }),
  createRoute({
    getParentRoute,
    path: '/engines/$address',
    component: lazyRouteComponent(() => import('./views/engines/engine-view.js'), 'EngineView'),
  }),
  createRoute({
    getParentRoute,
    path: '/arbiter',
    component: lazyRouteComponent(() => import('./views/arbiter/arbiter-view.js'), 'ArbiterView'),
  }),
  createRoute({
    getParentRoute,
    path: '/money',
    validateSearch: ({ account }: Record<string, unknown>): { account?: string } =>
      typeof account === 'string' ? { account } : {},
    component: lazyRouteComponent(() => import('./views/money/money-view.js'), 'MoneyView'),
  }),
  createRoute({
    getParentRoute,
    path: '/operator',
    component: lazyRouteComponent(() => import('./views/operator/operator-view.js'), 'OperatorView'),
  }),
] as const

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: 'intent',
  defaultPendingComponent: Loading,
  defaultErrorComponent: ({ error }) => <Failure error={error instanceof Error ? error : new Error(String(error))} />,
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
