/** The catalogue of topics: their default names and what each is created with. */
package io.stillstream.schemas.topics;
