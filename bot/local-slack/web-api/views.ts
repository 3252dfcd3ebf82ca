import { type Fields, isFields, parseJson, textOf } from '../json.ts';
import { isFileVisible } from '../messages.ts';
import { checkView } from '../views.ts';
import type { Workspace } from '../workspace.ts';
import { type Method, refuse } from './method.ts';

/** The view of a call after checking, or why it is refused. */
function readView(workspace: Workspace, args: Fields, type: 'modal' | 'home'): { view: Fields } | { refusal: Fields } {
  const view = typeof args.view === 'string' ? parseJson(args.view) : args.view;
  if (!isFields(view)) return { refusal: refuse('invalid_arguments', ['[ERROR] missing required field: view']) };
  const problems = checkView(view, (id) => isFileVisible(workspace, id));
  if (view.type !== type) problems.push(`[ERROR] expected ${type} [json-pointer:/view/type]`);
  if (problems.length > 0) return { refusal: refuse('invalid_arguments', problems) };
  if (JSON.stringify(view).length > 250_000) return { refusal: refuse('view_too_large') };
  return { view };
}

const openOrPush =
  (how: 'open' | 'push'): Method =>
  (workspace, args) => {
    const read = readView(workspace, args, 'modal');
    if ('refusal' in read) return read.refusal;
    const externalId = textOf(read.view.external_id);
    if (externalId && workspace.views.find({ externalId })) return refuse('duplicate_external_id');
    const trigger = workspace.tickets.spendTrigger(textOf(args.trigger_id) ?? '');
    if (typeof trigger === 'string') return refuse(trigger);
    const view = workspace.views[how](trigger.user, read.view);
    return typeof view === 'string' ? refuse(view) : { ok: true, view };
  };

const update: Method = (workspace, args) => {
  const found = workspace.views.find({ id: textOf(args.view_id), externalId: textOf(args.external_id) });
  if (!found) return refuse('not_found');
  const hash = textOf(args.hash);
  if (hash !== undefined && hash !== found.view.hash) return refuse('hash_conflict');
  const read = readView(workspace, args, found.view.type === 'home' ? 'home' : 'modal');
  if ('refusal' in read) return read.refusal;
  return { ok: true, view: workspace.views.replace(found.user, found.view, read.view) };
};

const publish: Method = (workspace, args) => {
  const user = textOf(args.user_id) ?? '';
  if (!workspace.store.users.has(user)) return refuse('user_not_found');
  const hash = textOf(args.hash);
  const old = workspace.views.home(user);
  if (hash !== undefined && old !== undefined && hash !== old.hash) return refuse('hash_conflict');
  const read = readView(workspace, args, 'home');
  if ('refusal' in read) return read.refusal;
  return { ok: true, view: workspace.views.publish(user, read.view) };
};

/** views.*: modals and the home tab. */
export const viewMethods: Record<string, Method> = {
  'views.open': openOrPush('open'),
  'views.push': openOrPush('push'),
  'views.update': update,
  'views.publish': publish,
};
