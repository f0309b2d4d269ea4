#pragma once

#include <concepts>
#include <memory>
#include <type_traits>

namespace relcam {

template <typename Signature>
class FunctionRef;

/// A view of something callable, for parameters that are called before the function returns. Unlike
/// std::function it neither copies nor owns, so that a lambda costs its own code only.
template <typename Result, typename... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  template <typename Callable>
    requires(!std::same_as<std::remove_cvref_t<Callable>, FunctionRef> &&
             std::is_invocable_r_v<Result, Callable&, Arguments...>)
  // NOLINTNEXTLINE(google-explicit-constructor,bugprone-forwarding-reference-overload): a view
  FunctionRef(Callable&& callable)
      : callable_(std::addressof(callable)), call_([](const void* object, Arguments... arguments) {
          using Viewed = std::remove_reference_t<Callable>;
          return (*const_cast<Viewed*>(static_cast<const Viewed*>(object)))(arguments...);
        }) {}

  Result operator()(Arguments... arguments) const { return call_(callable_, arguments...); }

 private:
  const void* callable_;
  Result (*call_)(const void* object, Arguments... arguments);
};

}  // namespace relcam
