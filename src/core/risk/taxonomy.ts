/** What a tool can do to the world, from harmless to grave. The most severe that applies is the tool's category. */
export type Category = 'Read' | 'Write' | 'Execute' | 'Destructive' | 'Financial';

export type Severity = 'Low' | 'Medium' | 'High' | 'Critical';

/** From least to most severe. */
export const categories: readonly Category[] = ['Read', 'Write', 'Execute', 'Destructive', 'Financial'];

/** From least to most severe. */
export const severities: readonly Severity[] = ['Low', 'Medium', 'High', 'Critical'];

/** Where severity starts, before evidence moves it. */
export const severityOfCategory: Readonly<Record<Category, Severity>> = {
  Read: 'Low',
  Write: 'Medium',
  Execute: 'High',
  Destructive: 'Critical',
  Financial: 'Critical',
};

/** What a call touches or causes, besides its category. Several may hold. */
export type Effect =
  | 'bulk'
  | 'browser'
  | 'code-execution'
  | 'credentials'
  | 'database'
  | 'deploys'
  | 'external-communication'
  | 'filesystem'
  | 'grants-access'
  | 'health-data'
  | 'irreversible'
  | 'long-running'
  | 'memory'
  | 'money'
  | 'network'
  | 'personal-data'
  | 'physical'
  | 'reads-private'
  | 'reads-untrusted';

/** The graver of two categories. */
export function graver(a: Category, b: Category): Category {
  return categories.indexOf(a) >= categories.indexOf(b) ? a : b;
}
