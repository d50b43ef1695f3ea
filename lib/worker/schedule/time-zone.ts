/** Parts of the names of time zones, as Kubernetes reads them. */
const PART = /^(?!\.\.?$)(?!-)[-._A-Za-z0-9+]{1,14}$/;

/**
 * Whether a time zone is one of the IANA data base, written as there. Clusters take names from their own copy of it,
 * on a file system that tells letters' cases apart.
 */
export function isTimeZone(name: string): boolean {
  if (!name.split('/').every((part) => PART.test(part)) || name.toLowerCase() === 'local') return false;
  const known = Intl.supportedValuesOf('timeZone');
  if (known.includes(name)) return true;
  const isMiswritten = known.some((zone) => zone.toLowerCase() === name.toLowerCase());
  return !isMiswritten && /^[A-Z]/.test(name) && canBeUsed(name);
}

/** Older names of a zone are not listed, but taken. */
function canBeUsed(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
