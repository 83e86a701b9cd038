// Every operation of Gemini: one list, of which routes, description and examples are made. Called by gemini-api.ts.
import type { GeminiParts, Operation } from './operation.ts';
import { outcomeOperations } from './outcomes.ts';
import { personOperations } from './mappings/person-operations.ts';
import { planOperations } from './mappings/plan-operations.ts';
import { recognitionOperations } from './mappings/recognition-operations.ts';
import { registerOperations } from './registers.ts';

/** The operations in the order of the description. */
export const allOperations = (parts: GeminiParts): readonly Operation[] =>
  [personOperations, planOperations, recognitionOperations, registerOperations, outcomeOperations].flatMap((make) =>
    make(parts),
  );
