import { connectionType, type Page } from '../connection.ts';
import { ManualPassageView } from './manual-passage.ts';

/** A list of these. */
export const ManualPassageConnection = connectionType('ManualPassage', () => ManualPassageView);
export type ManualPassageConnection = Page<ManualPassageView>;
