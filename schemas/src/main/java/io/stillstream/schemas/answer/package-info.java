/**
 * What models answer, and the truth to compare it with: tasks, shapes, masks, and the answers of
 * records.
 */
package io.stillstream.schemas.answer;
