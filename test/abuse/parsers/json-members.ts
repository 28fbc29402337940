import type { JsonTree, JsonTreeObject } from './json-tree.ts';

export function lastMember(object: JsonTreeObject, name: string): JsonTree | undefined {
  return object.members.findLast(([key]) => key === name)?.[1];
}

export function firstMember(object: JsonTreeObject, name: string): JsonTree | undefined {
  return object.members.find(([key]) => key === name)?.[1];
}
