import { useEffect, useState } from 'react';

const now = () => ({ search: window.location.search, hash: window.location.hash });

/** The query and the anchor of the page's address, followed as they change. */
export function useAddress(): { readonly search: string; readonly hash: string } {
  const [address, setAddress] = useState(now);
  useEffect(() => {
    const moved = () => setAddress(now());
    window.addEventListener('popstate', moved);
    window.addEventListener('hashchange', moved);
    return () => {
      window.removeEventListener('popstate', moved);
      window.removeEventListener('hashchange', moved);
    };
  }, []);
  return address;
}
