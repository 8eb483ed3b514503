// The signed link by which one comes to the console, the board or the customers page: whom it
// names, and what is wrong with one that opens nothing. Read, not trusted: the hub judges.

const KEPT = 'chathub:console';

/**
 * `{token, site, role, sub, endsAt, fault}` of the link in the address or of the one this tab came
 * by, or null. `fault`: `damaged`, `elsewhere` (for another site, or a customer's), or null.
 */
export function agentOfLink(storage) {
  const link = new URLSearchParams(location.hash.slice(1));
  if (link.get('token')) {
    storage.setJSON(KEPT, { token: link.get('token'), site: link.get('site') });
    history.replaceState(null, '', location.pathname + location.search);
  }
  const kept = storage.getJSON(KEPT);
  if (!kept) return null;
  const claims = claimsOf(kept.token);
  const { role, sub = 'unknown', aud, exp } = claims ?? {};
  const site = kept.site ?? aud ?? 'demo';
  const isElsewhere = ['customer', 'bot'].includes(role) || (aud && aud !== site);
  return {
    token: kept.token,
    site,
    sub,
    role: role === 'supervisor' ? 'supervisor' : 'agent',
    endsAt: exp * 1000,
    fault: claims ? (isElsewhere ? 'elsewhere' : null) : 'damaged',
  };
}

/** Why the hub does not take a link, by its code: `expired`, `damaged`, `elsewhere`; or null. */
export function endOfLink({ fault, endsAt }, code) {
  if (code === 'token_expired' || code === 4507) return 'expired';
  if (fault) return fault;
  if (code === 'unauthorized') return endsAt < Date.now() ? 'expired' : 'damaged';
  return code === 'forbidden' || code === 'unknown_site' ? 'elsewhere' : null;
}

function claimsOf(token) {
  try {
    const part = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return claims?.sub ? claims : null;
  } catch {
    return null;
  }
}
