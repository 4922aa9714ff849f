//! How a task is done: the goal, the decision, the extraction, the verdict.
