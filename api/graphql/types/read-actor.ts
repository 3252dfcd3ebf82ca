import { toGlobalId } from '../../../lib/ids.ts';
import type { RequestContext } from '../request-context.ts';
import { type Actor, Automation } from './actor.ts';
import { ApiKeyView } from './api-key.ts';
import { UserView } from './user.ts';

/** The product itself, under the name people read. */
export function automationOf(name: string): Automation {
  return Object.assign(new Automation(), { id: toGlobalId('Automation', name), name });
}

/** Who did something, from what a row keeps of it. Someone who is no longer in the record is shown by name. */
export async function actorOf(ctx: RequestContext, type: string, id: string | null, name: string): Promise<Actor> {
  if (type === 'user' && id !== null) {
    const user = await ctx.load.user.load(id);
    if (user !== null) return new UserView(user);
  }
  if (type === 'api_key' && id !== null) {
    const key = await ctx.load.apiKey.load(id);
    if (key !== null) return new ApiKeyView(key);
  }
  return automationOf(name);
}
