//! Workers: tasks over RabbitMQ, webhooks, deadlines, and the example worker in Python.

mod broker;
mod deadlines;
mod python;
mod webhooks;
