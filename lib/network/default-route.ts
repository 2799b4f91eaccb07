import type { Route } from './routes/route.js';

/** The way to everything that no other route is for. */
export interface DefaultRoute {
  /** The next router; absent on links that need none. */
  readonly gateway?: string;
  /** The name of the link that packets leave by. */
  readonly link?: string;
  readonly linkIndex?: number;
  /** Lower ones have precedence. Absent is 0. */
  readonly metric?: number;
  /** The route itself, with all of its ways. */
  readonly route: Route;
}

/** Of several default routes, the one that the kernel takes: of the lowest metric, the first of these. */
export function defaultRouteOf(routes: readonly Route[]): DefaultRoute | undefined {
  const usable = routes.filter(({ type }) => type === 'unicast');
  const [first, ...others] = usable;
  if (first === undefined) return undefined;
  const metric = (route: Route) => route.metric ?? 0;
  const route = others.reduce((best, other) => (metric(other) < metric(best) ? other : best), first);
  const { gateway, link, linkIndex } = route.nextHops?.[0] ?? route;
  return {
    ...(gateway !== undefined && { gateway }),
    ...(link !== undefined && { link }),
    ...(linkIndex !== undefined && { linkIndex }),
    ...(route.metric !== undefined && { metric: route.metric }),
    route,
  };
}
