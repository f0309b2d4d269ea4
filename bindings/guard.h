#pragma once

#include <emscripten/val.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace relcam::bindings {

/// Throws a JavaScript Error with the properties `code` and `node`.
[[noreturn]] inline void throw_to_javascript(ErrorCode code, std::string_view message,
                                             const std::string& node = {}) {
  using emscripten::val;
  val error = val::global("Error").new_(std::string(message));
  error.set("code", std::string(to_string(code)));
  error.set("node", node);
  error.throw_();
}

/// Runs `work`; the one place where C++ exceptions become JavaScript's.
template <class Work>
auto guarded(Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error& error) {
    throw_to_javascript(error.code(), error.what(), error.node());
  } catch (const std::bad_alloc&) {
    throw_to_javascript(ErrorCode::OutOfMemory,
                        "WebAssembly has no more memory; use a smaller model or fewer layers.");
  } catch (const std::exception& error) {
    throw_to_javascript(ErrorCode::Internal, error.what());
  }
}

template <auto Function>
struct Guard;

template <class Result, class... Arguments, Result (*Function)(Arguments...)>
struct Guard<Function> {
  static Result call(Arguments... arguments) {
    return guarded([&] { return Function(std::forward<Arguments>(arguments)...); });
  }
};

template <class Object, class Result, class... Arguments, Result (Object::*Method)(Arguments...)>
struct Guard<Method> {
  static Result call(Object& object, Arguments... arguments) {
    return guarded([&] { return (object.*Method)(std::forward<Arguments>(arguments)...); });
  }
};

template <class Object, class Result, class... Arguments,
          Result (Object::*Method)(Arguments...) const>
struct Guard<Method> {
  static Result call(const Object& object, Arguments... arguments) {
    return guarded([&] { return (object.*Method)(std::forward<Arguments>(arguments)...); });
  }
};

/// `Function`, or a method taking its object first, with exceptions translated.
template <auto Function>
inline constexpr auto guard = &Guard<Function>::call;

}  // namespace relcam::bindings
