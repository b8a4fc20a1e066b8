/** What an operation is: it reads its settings, draws values, and adds steps to a recipe. */
package io.stillstream.augmenter.operation.api;
