# Reach past what Ruby allows.
require "fiddle"
Fiddle::Pointer.new(8)[0]
